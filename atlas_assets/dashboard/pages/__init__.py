"""What is on each page. A page takes a context, and returns its title, message and parts."""
