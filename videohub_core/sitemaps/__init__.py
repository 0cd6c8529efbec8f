"""What search engines are to find, in parts of a bounded size."""
