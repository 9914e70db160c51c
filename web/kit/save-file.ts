import { fileNameOf } from './text/visible-line.ts';

/** Milliseconds until the browser has surely begun to save. */
const BEGUN = 60_000;

/** Gives the person a file. Its bytes leave the memory after `keptFor` milliseconds. */
export function saveFile(file: Blob, name: string, keptFor = BEGUN): void {
	const address = URL.createObjectURL(file);
	const link = document.createElement('a');
	link.href = address;
	link.download = fileNameOf(name);
	link.click();
	setTimeout(() => URL.revokeObjectURL(address), keptFor);
}
