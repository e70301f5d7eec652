"""Receipt layouts, PDFs and spreadsheets."""
