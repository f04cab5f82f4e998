"""Pages of the monthly late list: months, the review of one, what is published of oneself."""
