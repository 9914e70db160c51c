import { DayField, SelectField } from '../../../kit/parts/index.ts';
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
				<DayField label="From" value={period.from} max={period.to} onChange={(from) => onChange({ ...period, from })} />
				<DayField label="To" value={period.to} min={period.from} onChange={(to) => onChange({ ...period, to })} />
				<ClientField
					label="Client"
					none="All clients"
					value={period.clientId}
					onChange={(clientId) => onChange({ ...period, clientId })}
				/>
				<SelectField
					label="Who worked"
					value={period.authorId}
					options={[[viewer.id, 'Only me']]}
					none="Everyone"
					onChange={(authorId) => onChange({ ...period, authorId })}
				/>
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
