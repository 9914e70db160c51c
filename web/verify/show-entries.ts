import { actionInWords } from '../kit/text/actions-in-words.ts';
import { button, byId, element } from './elements.ts';
import type { VerifyRequest } from './given-file.ts';
import { type EntryFilter, type EntryPage, PAGE_SIZE } from './list-entries.ts';
import type { LogEntry } from './log-entry.ts';
import { tableOf } from './show-verdict.ts';
import type { LogSummary, Together } from './summary.ts';
import { work } from './work.ts';

/** Entries of the verified log: how many of each action, and those of an action, a lease or a person. */
export function showEntries(summary: LogSummary, request: VerifyRequest): void {
	const { actions, leases, people, isCut } = summary;
	const list = element('div', { class: 'stack', id: 'entry-list' });
	const said = element('p', { role: 'status' });
	const action = choice(
		'Action',
		actions.map(([name, count]): Option => [name, `${actionInWords(name)} (${name}, ${counted(count)})`]),
	);
	const lease = choice('Lease', leases.map(optionOf));
	const person = choice('Person', people.map(optionOf));
	const form = element(
		'form',
		{ class: 'card stack no-print' },
		element('div', { class: 'grid' }, action.field, lease.field, person.field),
		element('div', { class: 'row' }, element('button', { type: 'submit' }, 'Show these entries')),
	);
	async function show(filter: EntryFilter, from: number): Promise<void> {
		const bar = element('progress', { 'aria-label': 'Searched', value: 0, max: request.bundle?.size ?? 1 });
		list.replaceChildren(bar);
		said.textContent = 'Searching, and verifying once more…';
		const answer = await work({ kind: 'LIST', request, filter, from }, (bytes) => {
			bar.value = bytes;
		});
		if (answer === null) return;
		list.replaceChildren();
		const page = answer.kind === 'ENTRIES' ? answer.page : null;
		said.textContent =
			page === null ? 'The file does not verify any more: it was changed. Verify it again.' : saidOf(page);
		if (page !== null && page.total > 0) list.replaceChildren(...pageOf(page, filter, (next) => start(filter, next)));
	}
	const start = (filter: EntryFilter, from: number) =>
		void show(filter, from).catch(() => {
			said.textContent = 'The search itself failed: reload the page.';
		});
	form.addEventListener('submit', (event) => {
		event.preventDefault();
		start({ action: action.select.value, lease: lease.select.value, person: person.select.value }, 0);
	});
	const rows = actions.map(([name, count]) =>
		element(
			'tr',
			{},
			element('td', { 'data-label': 'What happened' }, actionInWords(name)),
			element('td', { 'data-label': 'Action' }, element('code', {}, name)),
			element('td', { 'data-label': 'Entries' }, counted(count)),
		),
	);
	const section = byId('entries', HTMLElement);
	section.replaceChildren(
		element('h2', {}, 'What is in the log'),
		tableOf(
			`Entries by action${isCut ? ': not all, because the log names too many' : ''}`,
			['What happened', 'Action', 'Entries'],
			rows,
			'actions',
		),
		form,
		said,
		list,
	);
	section.hidden = actions.length === 0;
}

type Option = readonly [value: string, text: string];

const optionOf = ({ id, entries, first, last, lastAction }: Together): Option => [
	id,
	`${id}: ${counted(entries)} entries, ${dayOf(first)} to ${dayOf(last)}, last: ${actionInWords(lastAction)}`,
];

function choice(label: string, options: readonly Option[]) {
	const id = `filter-${label.toLowerCase()}`;
	const select = element('select', { id }, element('option', { value: '' }, 'any'));
	for (const [value, text] of options) {
		const option = element('option', {}, text);
		// Unescaped, because it is compared with the log and never shown.
		option.value = value;
		select.append(option);
	}
	return { select, field: element('div', { class: 'field' }, element('label', { for: id }, label), select) };
}

const saidOf = ({ total, from, entries }: EntryPage): string => {
	if (total === 0) return 'No entry matches.';
	const what = total === 1 ? '1 entry matches' : `${counted(total)} entries match`;
	return total <= PAGE_SIZE ? `${what}.` : `${what}: ${counted(from + 1)} to ${counted(from + entries.length)}.`;
};

function pageOf(
	{ entries, total, from }: EntryPage,
	{ lease }: EntryFilter,
	go: (from: number) => void,
): HTMLElement[] {
	const caption = lease === '' ? 'Entries, the oldest first' : `The story of lease ${lease}`;
	const head = ['Time (UTC)', 'What happened', 'Who', 'Fields and records', 'Line'];
	const table = tableOf(
		caption,
		head,
		entries.map((entry) => rowOf(entry, lease)),
		'found',
	);
	const pages = element(
		'div',
		{ class: 'row no-print' },
		from > 0 ? button('Earlier entries', () => go(Math.max(0, from - PAGE_SIZE))) : null,
		from + entries.length < total ? button('Later entries', () => go(from + PAGE_SIZE)) : null,
	);
	return [table, pages];
}

function rowOf(entry: LogEntry, story: string): HTMLElement {
	const { at, action, decision, reason, person, roles, plane, lease, coordinates, records, line, leaf } = entry;
	const outcome = decision === 'ALLOWED' ? null : ` (${[decision, reason].filter((text) => text !== null).join(': ')})`;
	const fields = coordinates.length === 0 ? null : coordinates.join(', ');
	return element(
		'tr',
		{},
		element('td', { 'data-label': 'Time (UTC)' }, element('time', { datetime: at, title: localOf(at) }, at)),
		element(
			'td',
			{ 'data-label': 'What happened' },
			actionInWords(action),
			outcome,
			element('details', {}, element('summary', {}, action), element('p', { class: 'mono' }, leaf)),
		),
		element(
			'td',
			{ 'data-label': 'Who' },
			person ?? `the program (${plane})`,
			roles.length > 0 ? `, ${roles.join(', ')}` : null,
			lease === null || lease === story ? null : element('p', { class: 'hint' }, `under lease ${lease}`),
		),
		element(
			'td',
			{ 'data-label': 'Fields and records' },
			fields,
			records === 0
				? null
				: `${fields === null ? '' : '; '}${counted(records)} ${records === 1 ? 'record' : 'records'}`,
		),
		element('td', { 'data-label': 'Line', class: 'number' }, counted(line)),
	);
}

/** The time in the zone of the reader; nothing for a text that is no time. */
function localOf(at: string): string | null {
	const time = new Date(at);
	return Number.isNaN(time.getTime()) ? null : time.toLocaleString();
}

const dayOf = (at: string) => at.slice(0, 10);
const counted = (count: number) => count.toLocaleString('en');
