import { type DragEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import './uploads.css';

interface DropZoneProps {
	/** What the button says, such as Choose files. */
	readonly label: string;
	readonly isMultiple?: boolean;
	readonly onFiles: (files: readonly File[]) => void;
	/** What is said beside the button. */
	readonly children: ReactNode;
}

/** Takes files by a button or by drag and drop. */
export function DropZone({ label, isMultiple = false, onFiles, children }: DropZoneProps) {
	const input = useRef<HTMLInputElement>(null);
	const [isOver, setOver] = useState(false);
	const [problem, setProblem] = useState('');
	useEffect(keepFilesOut, []);
	function take(files: readonly File[], folders: number) {
		setProblem(problemWith(files.length, folders, isMultiple));
		const taken = isMultiple ? files : files.length === 1 ? files : [];
		if (taken.length > 0) onFiles(taken);
	}
	function drop(event: DragEvent) {
		event.preventDefault();
		setOver(false);
		const items = Array.from(event.dataTransfer.items).filter(({ kind }) => kind === 'file');
		const files = items.filter((item) => !item.webkitGetAsEntry()?.isDirectory).map((item) => item.getAsFile());
		const found = files.filter((file) => file !== null);
		take(found, items.length - found.length);
	}
	return (
		<fieldset
			className={isOver ? 'drop over' : 'drop'}
			aria-label={label}
			onDragOver={(event) => {
				event.preventDefault();
				setOver(true);
			}}
			onDragLeave={() => setOver(false)}
			onDrop={drop}
		>
			<input
				ref={input}
				type="file"
				hidden
				multiple={isMultiple}
				onChange={({ target }) => {
					take(Array.from(target.files ?? []), 0);
					// The same file can be chosen again.
					target.value = '';
				}}
			/>
			<button type="button" onClick={() => input.current?.click()}>
				{label}
			</button>
			<span className="quiet">{children}</span>
			{problem && (
				<span className="wrong" role="alert">
					{problem}
				</span>
			)}
		</fieldset>
	);
}

function problemWith(files: number, folders: number, isMultiple: boolean): string {
	if (folders > 0) return 'Folders cannot be uploaded: open the folder and choose its files.';
	return files > 1 && !isMultiple ? 'Choose one file.' : '';
}

/** A file that misses the zone must not replace the page, and with it what runs and what is typed. */
function keepFilesOut(): () => void {
	const stop = (event: Event) => event.preventDefault();
	addEventListener('dragover', stop);
	addEventListener('drop', stop);
	return () => {
		removeEventListener('dragover', stop);
		removeEventListener('drop', stop);
	};
}
