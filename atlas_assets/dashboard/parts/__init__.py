"""What pages are put together from: tables, lists, exhibits of the deck, and parts that several pages show."""
