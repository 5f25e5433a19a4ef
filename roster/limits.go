package roster

// Limits of a workbook from outside. A roster of 50,000 people with everything around them is a third of each.
const (
	FileLimit  = 32 << 20  // bytes of the file
	unzipLimit = 400 << 20 // bytes of all its parts together
	partsLimit = 500       // parts
	rowLimit   = 150_000   // rows of one sheet
	wideLimit  = 40        // columns of one sheet
	cellLimit  = 3_000_000 // cells of one sheet

	othersLimit = 32 << 20  // bytes of all parts that are unpacked into memory
	textLimit   = 2_000_000 // shared texts

	// onDisk is from where on a part is unpacked into a temporary file instead of memory.
	onDisk = 8 << 20
)
