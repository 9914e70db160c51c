import { useState } from 'react';
import { ErrorNote } from '../../../kit/parts/index.ts';
import type { Alert } from './alert-table.tsx';
import { RULES } from './rules.ts';

interface AcknowledgeButtonProps {
	readonly alert: Alert;
	readonly onAcknowledge: (alert: Alert) => Promise<void>;
}

export function AcknowledgeButton({ alert, onAcknowledge }: AcknowledgeButtonProps) {
	const [isRunning, setRunning] = useState(false);
	const [error, setError] = useState<unknown>(null);
	async function act() {
		setRunning(true);
		setError(null);
		try {
			await onAcknowledge(alert);
		} catch (failure) {
			setError(failure);
		} finally {
			setRunning(false);
		}
	}
	return (
		<div className="stack tight">
			<div>
				<button type="button" className="small" disabled={isRunning} onClick={act}>
					{isRunning ? 'One moment …' : 'Acknowledge'}
					<span className="said"> {RULES[alert.rule]}</span>
				</button>
			</div>
			{error !== null && <ErrorNote error={error} />}
		</div>
	);
}
