"""What several processes of one hall share over Redis (多进程共享): the link, the lease, the relay of commands."""
