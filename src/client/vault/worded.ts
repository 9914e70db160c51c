import { KeyLogError } from '../../custody/index.ts';
import type { OpenedRecord, OpenedValue } from '../opener.ts';
import { VaultError } from './vault-error.ts';

/** The sentence of a reason; other text as it is. If the sentences do not load, a refusal says its reason: it stays a refusal. */
export async function loadWords(): Promise<(text: string) => string> {
	const { VAULT_SENTENCES } = await loadSentences();
	return (text) => (Object.hasOwn(VAULT_SENTENCES, text) ? (VAULT_SENTENCES[text] as string) : text);
}

/** An error with the sentence of its reason, if it is a refusal of the vault or by a rule of the key log. */
export async function worded(error: unknown): Promise<unknown> {
	if (error instanceof VaultError) {
		error.message = (await loadWords())(error.message);
		await worded(error.cause);
	}
	if (error instanceof KeyLogError) error.message = (await loadSentences()).sentenceOf(error);
	return error;
}

interface Sentences {
	readonly VAULT_SENTENCES: Readonly<Record<string, string>>;
	sentenceOf(error: KeyLogError): string;
}

const loadSentences = (): Promise<Sentences> =>
	import('./vault-sentences.ts').catch(() => ({ VAULT_SENTENCES: {}, sentenceOf: ({ message }) => message }));

/** Records with the sentence of each reason for which a value does not open. */
export async function wordedRecords(records: readonly OpenedRecord[]): Promise<readonly OpenedRecord[]> {
	if (!records.some(({ fields }) => fields.some(isClosed))) return records;
	const words = await loadWords();
	const wordedField = (field: OpenedValue): OpenedValue =>
		isClosed(field) ? { ...field, why: words(field.why) } : field;
	return records.map((record) => ({ ...record, fields: record.fields.map(wordedField) }));
}

export const isClosed = (outcome: object): outcome is { readonly why: string } => 'why' in outcome;
