"""Facts: from files to typed tables that know where each record stands."""
