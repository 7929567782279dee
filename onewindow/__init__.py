"""OneWindow 一窗: queue management and hall routing for government service halls."""
