import { describe, expect, it } from 'vitest';
import {
	faultsOf,
	inputOf,
	type LeaseDraft,
	proposedBudget,
	scopeOf,
} from '../../../web/operator/ask-for-lease/lease-draft.ts';

const DOCUMENT = { type: 'Document', id: 'd', name: 'Deed.pdf' } as const;
const VERSION = { type: 'DocumentVersion', id: 'v', name: 'Version 1' } as const;
const DRAFT: LeaseDraft = {
	fields: ['Document.description'],
	records: [DOCUMENT, VERSION],
	purpose: 'INCIDENT',
	reason: ' The firm cannot open this document since Monday. ',
	ticket: 'INC-17',
	budget: '4',
	minutes: '15',
};

describe('a request for a lease', () => {
	it('names only records that have a field of it, and only the fields that were chosen', () => {
		expect(inputOf(DRAFT, 'f')).toEqual({
			firmId: 'f',
			purpose: 'INCIDENT',
			reason: 'The firm cannot open this document since Monday.',
			ticket: 'INC-17',
			classes: ['DOCUMENT'],
			coordinates: ['Document.description'],
			recordIds: ['d'],
			readBudget: 4,
			minutes: 15,
		});
	});

	it('leaves the fields out only if every one of the classes is chosen', () => {
		expect(scopeOf({ fields: ['Note.title', 'Note.body'], records: null })).toEqual({
			classes: ['NOTE'],
			coordinates: null,
			recordIds: null,
		});
		expect(scopeOf({ fields: ['Note.title', 'Note.body', 'Comment.text'], records: null }).coordinates).toHaveLength(3);
	});

	it('is not sent without records when records were selected: that would ask for every record', () => {
		expect(faultsOf({ ...DRAFT, records: [] }).records).toContain('None of the records');
		expect(faultsOf({ ...DRAFT, fields: ['Note.title'] }).records).toContain('None of the records');
		expect(inputOf({ ...DRAFT, records: [] }, 'f').recordIds).toEqual([]);
	});

	it('says what is wrong with each part', () => {
		expect(faultsOf(DRAFT)).toEqual({});
		expect(faultsOf({ ...DRAFT, reason: 'too short' }).reason).toBe(
			'21 more characters: the firm’s owners decide by this text.',
		);
		expect(faultsOf({ ...DRAFT, reason: '.'.repeat(40) }).reason).toContain('Say it in words');
		expect(faultsOf({ ...DRAFT, reason: `${DRAFT.reason.trim()}\u202etxt` }).reason).toContain('invisible');
		expect(Object.keys(faultsOf({ ...DRAFT, ticket: 'x', budget: '0', minutes: '241', purpose: '' }))).toEqual([
			'purpose',
			'ticket',
			'budget',
			'minutes',
		]);
	});

	it('proposes a budget for each value twice', () => {
		const fields = ['Document.description', 'DocumentVersion.changeSummary', 'DocumentVersion.content'] as const;
		expect(proposedBudget({ fields, records: [DOCUMENT, VERSION] })).toBe('6');
	});
});
