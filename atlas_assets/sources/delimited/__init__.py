"""Text files with separated cells (CSV), as office programs and other systems save them."""
