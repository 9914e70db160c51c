import { useState } from 'react';
import { ErrorNote } from '../../../kit/parts/index.ts';
import { saveFile } from '../../../kit/save-file.ts';
import { useLog } from '../../log/use-log.ts';

/** The log with its proofs as files for the firm's own lawyer: `/verify` and `firmseal audit verify` accept them. */
export function ExportLog() {
	const { log, view } = useLog();
	const [progress, setProgress] = useState<{ readonly done: number; readonly total: number } | null>(null);
	const [error, setError] = useState<unknown>(null);
	const [isSaved, setSaved] = useState(false);
	const { summary } = view;
	const firm = summary?.origin.split('/').at(-1) ?? '';

	async function save() {
		setError(null);
		setProgress({ done: 0, total: 1 });
		try {
			saveFile(await log.exportBundle((done, total) => setProgress({ done, total })), `audit-${firm}.jsonl`);
			saveFile(new Blob([`${summary?.vkeys.join('\n')}\n`], { type: 'text/plain' }), `verifier-key-${firm}.txt`);
			setSaved(true);
		} catch (failure) {
			setError(failure);
		} finally {
			setProgress(null);
		}
	}
	return (
		<>
			<button type="button" disabled={view.phase !== 'RIGHT' || progress !== null} onClick={() => void save()}>
				Export the log with its proofs
			</button>
			<a className="no-print" href="/verify" target="_blank" rel="noreferrer">
				Verify an exported log
			</a>
			{progress && <progress aria-label="Entries exported" value={progress.done} max={Math.max(1, progress.total)} />}
			<p role="status" className={isSaved ? 'hint' : 'said'}>
				{isSaved &&
					'Two files are saved: the log, and the key that verifies it. Give both to your lawyer, who opens “Verify an exported log” and drops them there. Send the key by another way than the log, so that no one can replace both.'}
			</p>
			{error !== null && <ErrorNote error={error} onRetry={save} />}
		</>
	);
}
