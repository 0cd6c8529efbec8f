"""Wanting to hear nothing of somebody."""
