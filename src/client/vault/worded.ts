import type { OpenedRecord, OpenedValue } from '../opener.ts';
import type { ResealedRow } from './reseal-rows.ts';
import { VaultError } from './vault-error.ts';

/** The sentence of a reason; other text as it is. If the sentences do not load, a refusal says its reason: it stays a refusal. */
async function loadWords(): Promise<(text: string) => string> {
	try {
		const { VAULT_SENTENCES } = await import('./vault-sentences.ts');
		const sentences: Readonly<Record<string, string>> = VAULT_SENTENCES;
		return (text) => (Object.hasOwn(sentences, text) ? (sentences[text] as string) : text);
	} catch {
		return (text) => text;
	}
}

/** An error with the sentence of its reason, if it is a refusal of the vault. */
export async function worded(error: unknown): Promise<unknown> {
	if (error instanceof VaultError) error.message = (await loadWords())(error.message);
	return error;
}

/** Records with the sentence of each reason for which a value does not open. */
export async function wordedRecords(records: readonly OpenedRecord[]): Promise<readonly OpenedRecord[]> {
	if (!records.some(({ fields }) => fields.some(isClosed))) return records;
	const words = await loadWords();
	const wordedField = (field: OpenedValue): OpenedValue =>
		isClosed(field) ? { ...field, why: words(field.why) } : field;
	return records.map((record) => ({ ...record, fields: record.fields.map(wordedField) }));
}

/** Rows with the sentence of each reason for which one was not sealed again. */
export async function wordedRows(rows: readonly ResealedRow[]): Promise<readonly ResealedRow[]> {
	if (!rows.some(isClosed)) return rows;
	const words = await loadWords();
	return rows.map((row) => (isClosed(row) ? { ...row, why: words(row.why) } : row));
}

const isClosed = (outcome: object): outcome is { readonly why: string } => 'why' in outcome;
