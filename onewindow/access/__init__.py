"""Access (身份与权限): who asks, what they may do, accounts, tokens, signing in."""
