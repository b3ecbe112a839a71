"""Parts of the page of what the goals take."""
