import { Field } from '../../../kit/parts/index.ts';
import { dayOf } from '../../../kit/text/local-time.ts';
import { ClientField } from '../../clients/index.ts';
import { useViewer } from '../../viewer.ts';

/** Which entries to show. Empty: any. */
export interface Period {
	readonly from: string;
	/** The last day. */
	readonly to: string;
	readonly clientId: string;
	readonly authorId: string;
}

interface PeriodFilterProps {
	readonly period: Period;
	readonly onChange: (period: Period) => void;
}

export function PeriodFilter({ period, onChange }: PeriodFilterProps) {
	const viewer = useViewer();
	return (
		<search className="stack tight" aria-label="Choose entries">
			<div className="grid">
				<Field label="From">
					{(control) => (
						<input
							{...control}
							type="date"
							value={period.from}
							max={period.to || undefined}
							onChange={({ target }) => onChange({ ...period, from: target.value })}
						/>
					)}
				</Field>
				<Field label="To">
					{(control) => (
						<input
							{...control}
							type="date"
							value={period.to}
							min={period.from || undefined}
							onChange={({ target }) => onChange({ ...period, to: target.value })}
						/>
					)}
				</Field>
				<ClientField
					label="Client"
					none="All clients"
					value={period.clientId}
					onChange={(clientId) => onChange({ ...period, clientId })}
				/>
				<Field label="Who worked">
					{(control) => (
						<select
							{...control}
							value={period.authorId}
							onChange={({ target }) => onChange({ ...period, authorId: target.value })}
						>
							<option value="">Everyone</option>
							<option value={viewer.id}>Only me</option>
						</select>
					)}
				</Field>
			</div>
			<div className="row">
				<button type="button" className="small" onClick={() => onChange({ ...period, ...monthOf(0) })}>
					This month
				</button>
				<button type="button" className="small" onClick={() => onChange({ ...period, ...monthOf(-1) })}>
					Last month
				</button>
				<button type="button" className="small" onClick={() => onChange({ ...period, from: '', to: '' })}>
					All time
				</button>
			</div>
		</search>
	);
}

/** The first and last day of a month, counted from this one. */
function monthOf(later: number): Pick<Period, 'from' | 'to'> {
	const now = new Date();
	const first = new Date(now.getFullYear(), now.getMonth() + later, 1);
	const last = new Date(now.getFullYear(), now.getMonth() + later + 1, 0);
	return { from: dayOf(first.toISOString()), to: dayOf(last.toISOString()) };
}
