"""The HTTP API, version 1 (接口): calls that command, calls that read, and their description as OpenAPI 3.1."""
