import { useId } from 'react';
import { VisibleText } from '../../kit/text/visible-text.tsx';
import { type ContentType, countOf } from '../content/content-fields.ts';
import { type LeaseDraft, type PickedRecord, recordsInScope } from './lease-draft.ts';

interface RecordChoiceProps {
	/** What the screen proposed; null if nothing was selected. */
	readonly selected: readonly PickedRecord[] | null;
	readonly draft: LeaseDraft;
	readonly fault: string | undefined;
	readonly onChange: (records: readonly PickedRecord[] | null) => void;
}

/** Only what was selected on the screen, or every record of the firm. */
export function RecordChoice({ selected, draft, fault, onChange }: RecordChoiceProps) {
	const id = useId();
	const records = recordsInScope(draft) ?? [];
	const isAll = draft.records === null;
	return (
		<fieldset className="stack tight" aria-describedby={fault ? `${id}-wrong` : undefined}>
			<legend>Of which records</legend>
			{selected !== null && (
				<label className="choice">
					<input type="radio" name={id} checked={!isAll} onChange={() => onChange(selected)} />
					Only what I selected{isAll ? '' : `: ${countsOf(records)}`}
				</label>
			)}
			<label className="choice">
				<input type="radio" name={id} checked={isAll} onChange={() => onChange(null)} />
				Every record of the firm in these fields
			</label>
			{selected === null && (
				<p className="hint">To ask for less, close this, and select records on the list or open one of them.</p>
			)}
			{!isAll && records.length > 0 && (
				<details>
					<summary>The records by name</summary>
					<ul className="picked">
						{records.map((record) => (
							<li key={record.id} className="row apart">
								<span>
									<VisibleText text={record.name} /> <span className="quiet mono">{record.id}</span>
								</span>
								<button
									type="button"
									className="small"
									onClick={() => onChange((draft.records ?? []).filter((each) => each.id !== record.id))}
								>
									Remove{' '}
									<span className="said">
										<VisibleText text={record.name} />
									</span>
								</button>
							</li>
						))}
					</ul>
				</details>
			)}
			{fault && (
				<span className="wrong" id={`${id}-wrong`} role="alert">
					{fault}
				</span>
			)}
		</fieldset>
	);
}

/** Such as 1 document, 3 versions of documents. */
function countsOf(records: readonly PickedRecord[]): string {
	const counts = new Map<ContentType, number>();
	for (const { type } of records) if (type !== 'Thread') counts.set(type, (counts.get(type) ?? 0) + 1);
	return [...counts].map(([type, count]) => countOf(type, count)).join(', ');
}
