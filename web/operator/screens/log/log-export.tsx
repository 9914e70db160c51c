import { useState } from 'react';
import type { LogCheck } from '../../../kit/log/index.ts';
import { ErrorNote } from '../../../kit/parts/index.ts';
import { saveFile } from '../../../kit/save-file.ts';

/** Saves the verified log as a file that anyone can verify at /verify, without a server. */
export function LogExport({ check, firm }: { readonly check: LogCheck; readonly firm: string }) {
	const [done, setDone] = useState<readonly [done: number, total: number] | null>(null);
	const [error, setError] = useState<unknown>(null);
	async function save() {
		setError(null);
		setDone([0, 1]);
		try {
			saveFile(await check.exportBundle((now, total) => setDone([now, total])), `log-${firm}.jsonl`);
		} catch (failure) {
			setError(failure);
		} finally {
			setDone(null);
		}
	}
	return (
		<>
			<button type="button" disabled={done !== null} onClick={save}>
				{done === null ? 'Save the whole log' : 'Reading the log …'}
			</button>
			{done !== null && <progress value={done[0]} max={done[1]} aria-label="Entries read" />}
			{error !== null && <ErrorNote error={error} />}
		</>
	);
}
