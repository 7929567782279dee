"""The doctor (体检): what will stop a hall, or hurt it, found before the visitors come."""
