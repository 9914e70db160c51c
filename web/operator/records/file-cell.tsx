import { useEffect, useRef, useState } from 'react';
import { Content } from '../../kit/content/index.ts';
import { useKit } from '../../kit/kit-context.ts';
import { ErrorNote } from '../../kit/parts/index.ts';
import type { Coordinate } from '../content/content-fields.ts';
import { denialUnder, sealedUnder } from '../content/coverage.ts';
import { type OwnLease, useLeaseUse } from '../lease-in-use/index.ts';
import { downloadUnder } from './download-under.ts';
import type { Part } from './part.ts';

interface FileCellProps {
	readonly part: Part;
	readonly field: Coordinate;
	readonly lease: OwnLease | null;
}

/** A file: sealed, or to be downloaded under the lease. A download that is under way ends with the lease. */
export function FileCell({ part, field, lease }: FileCellProps) {
	const { apiFetch } = useKit();
	const { mayOpen, refresh } = useLeaseUse();
	const running = useRef<AbortController | null>(null);
	const [state, setState] = useState<'IDLE' | 'RUNNING' | 'DONE'>('IDLE');
	const [error, setError] = useState<unknown>(null);
	useEffect(() => () => running.current?.abort(), []);
	if (!part.file) return <span className="quiet">No file</span>;
	if (lease === null || denialUnder(lease, field, part.id) !== null)
		return <Content value={null} field={field} sealed={sealedUnder(lease, field, part.id)} />;
	const { path, name } = part.file;
	async function download(under: OwnLease) {
		const controller = new AbortController();
		running.current = controller;
		setError(null);
		setState('RUNNING');
		try {
			await downloadUnder(apiFetch, { path, name, lease: under.id, signal: controller.signal });
			setState('DONE');
		} catch (failure) {
			if (controller.signal.aborted) return;
			setError(failure);
			setState('IDLE');
		}
		await refresh();
	}
	return (
		<div className="stack tight">
			<div className="row">
				<button
					type="button"
					className="small"
					disabled={state === 'RUNNING' || !mayOpen}
					onClick={() => void download(lease)}
				>
					{state === 'RUNNING' ? 'Downloading …' : 'Download under the lease'}
				</button>
				<span className="quiet" role="status">
					{state === 'DONE' &&
						'Saved to this computer. Delete it when your work is done: the lease can’t take it back.'}
				</span>
			</div>
			{error !== null && <ErrorNote error={error} />}
		</div>
	);
}
