/** A folder may have anything below it: only this much is looked at. */
const MOST_FILES = 500;
const DEEPEST = 5;

export interface Dropped {
	readonly file: File;
	/** Whether the file was in a folder, where files of no use are left out instead of refused. */
	readonly isInFolder: boolean;
}

/** The files of a drop, and those in its folders. Must be called before the event ends. */
export async function droppedFiles(transfer: DataTransfer): Promise<Dropped[]> {
	// The list is empty after the first wait.
	const entries = [...transfer.items].map((item) => item.webkitGetAsEntry());
	const files = [...transfer.files];
	const found: Dropped[] = [];
	for (const entry of entries) if (entry !== null) await collect(entry, 0, found);
	return found.length > 0 ? found : files.map((file) => ({ file, isInFolder: false }));
}

async function collect(entry: FileSystemEntry, depth: number, found: Dropped[]): Promise<void> {
	if (found.length >= MOST_FILES) return;
	if (entry.isFile) {
		const file = await new Promise<File | null>((resolve) =>
			(entry as FileSystemFileEntry).file(resolve, () => resolve(null)),
		);
		if (file !== null) found.push({ file, isInFolder: depth > 0 });
		return;
	}
	if (depth >= DEEPEST) return;
	const reader = (entry as FileSystemDirectoryEntry).createReader();
	// A reader gives a hundred at a time, and an empty list at the end.
	for (let some = await readSome(reader); some.length > 0; some = await readSome(reader))
		for (const one of some) await collect(one, depth + 1, found);
}

const readSome = (reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> =>
	new Promise((resolve) => reader.readEntries(resolve, () => resolve([])));

/** Files that were chosen, one by one or as a folder. */
export const chosenFiles = (input: HTMLInputElement): Dropped[] =>
	[...(input.files ?? [])].slice(0, MOST_FILES).map((file) => ({ file, isInFolder: file.webkitRelativePath !== '' }));
