"""Bytes in and bytes out, native Tornado: nothing here is ever held in memory whole."""
