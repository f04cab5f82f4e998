"""What pages are made of: plain frozen values that the macros of dashboards/pages/templates/
components draw. All texts in them are in the reader's language, all numbers already written."""
