"""The budgets of DESIGN.md section 9, measured on the real program in a pty."""
