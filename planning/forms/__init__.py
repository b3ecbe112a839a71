"""What a person sees and presses: widgets that call a workbook function, and the server of the pages."""
