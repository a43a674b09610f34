"""The real world: reads Azure, carries plans out there, and changes its errors into apimlb's own."""
