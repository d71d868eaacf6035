"""The subject itself: records, states and rules, pure and without a clock."""
