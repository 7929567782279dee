"""Many halls in one process (多厅): each is loaded when it is first asked for, and let go when nobody needs it.

A hall of several is the same application as a hall alone (`onewindow.app.open_app`), with its own files, data,
accounts and channels. This room finds it by the host name of the request and looks after its life; nothing inside a
hall knows of the others.
"""
