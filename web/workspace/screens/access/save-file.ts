/** Milliseconds until the browser has surely begun to save. */
const BEGUN = 60_000;

/** Gives the person a file that this page has made. */
export function saveFile(file: Blob, name: string): void {
	const address = URL.createObjectURL(file);
	const link = document.createElement('a');
	link.href = address;
	link.download = name;
	link.click();
	setTimeout(() => URL.revokeObjectURL(address), BEGUN);
}
