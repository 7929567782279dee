"""The guide desk (导询台): finding a matter, issuing tickets, slips."""
