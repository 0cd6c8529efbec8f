"""What every area builds on: ids, errors, events, clock, unit of work, paging."""
