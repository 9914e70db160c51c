import { DayField, Field } from '../../../kit/parts/index.ts';
import { ClientField } from '../../clients/index.ts';
import { type InvoiceDraft, type Mistakes, sumOf } from './invoice-draft.ts';
import type { Invoice } from './invoice-words.ts';
import { LineItemsEditor } from './line-items-editor.tsx';

interface InvoiceFieldsProps {
	readonly draft: InvoiceDraft;
	/** What is wrong, once the person has tried to save. */
	readonly mistakes: Mistakes;
	readonly present?: Invoice['client'];
	readonly onChange: (part: Partial<InvoiceDraft>) => void;
}

const COMMON_CURRENCIES = ['EUR', 'USD', 'GBP', 'CHF'];

/** The fields of an invoice's form. */
export function InvoiceFields({ draft, mistakes, present = null, onChange }: InvoiceFieldsProps) {
	return (
		<>
			<div className="grid">
				<Field label="Number" hint="Unique in your firm. The platform can read it." wrong={mistakes.number ?? null}>
					{(control) => (
						<input
							{...control}
							value={draft.number}
							maxLength={64}
							onChange={({ target }) => onChange({ number: target.value })}
						/>
					)}
				</Field>
				<ClientField
					label="Client"
					hint="Does not share it yet."
					value={draft.clientId}
					present={present}
					onChange={(clientId) => onChange({ clientId })}
				/>
				<Field label="Currency" wrong={mistakes.currency ?? null}>
					{(control) => (
						<>
							<input
								{...control}
								list={`${control.id}-common`}
								value={draft.currency}
								maxLength={3}
								onChange={({ target }) => onChange({ currency: target.value.toUpperCase() })}
							/>
							<datalist id={`${control.id}-common`}>
								{COMMON_CURRENCIES.map((code) => (
									<option key={code} value={code} />
								))}
							</datalist>
						</>
					)}
				</Field>
				<DayField
					label="Issued on"
					hint="Empty: on the day you issue it."
					value={draft.issuedOn}
					onChange={(issuedOn) => onChange({ issuedOn })}
				/>
				<DayField label="Payment due on" value={draft.dueOn} onChange={(dueOn) => onChange({ dueOn })} />
			</div>
			<LineItemsEditor
				lines={draft.lines}
				currency={draft.currency}
				sum={sumOf(draft)}
				wrong={mistakes.lines ?? null}
				onChange={(lines) => onChange({ lines })}
				onUseSum={(total) => onChange({ total })}
			/>
			<div className="grid">
				<Field label="Total" hint="Empty: the sum of the lines." wrong={mistakes.total ?? null}>
					{(control) => (
						<input
							{...control}
							inputMode="decimal"
							autoComplete="off"
							value={draft.total}
							onChange={({ target }) => onChange({ total: target.value.trim() })}
						/>
					)}
				</Field>
				<Field label="Still due" hint="Empty: the total." wrong={mistakes.amountDue ?? null}>
					{(control) => (
						<input
							{...control}
							inputMode="decimal"
							autoComplete="off"
							value={draft.amountDue}
							onChange={({ target }) => onChange({ amountDue: target.value.trim() })}
						/>
					)}
				</Field>
			</div>
			<Field label="Text" hint="Stands below the line items.">
				{(control) => (
					<textarea {...control} value={draft.memo} onChange={({ target }) => onChange({ memo: target.value })} />
				)}
			</Field>
		</>
	);
}
