import { button, byId, element } from './elements.ts';
import { placeOf, reportAsJson, reportAsText } from './report.ts';
import { headlineOf, meaningOf, type Outcome, type Verdict } from './verdict.ts';

const LOOK: Readonly<Record<Outcome, string>> = { WHOLE: 'good', FINDINGS: 'warn', WRONG: 'bad', UNREAD: 'warn' };

/** Shows the verdict and moves the reader to it. */
export function showVerdict(verdict: Verdict): void {
	const { outcome, says, note } = verdict;
	const { proves, not } = meaningOf(verdict);
	const at = new Date();
	const headline = element('h2', { tabindex: -1, class: 'headline' }, headlineOf(verdict));
	const section = byId('verdict', HTMLElement);
	section.replaceChildren(
		element(
			'div',
			{ class: `note stack tight ${LOOK[outcome]}` },
			headline,
			...says.map((sentence) => element('p', {}, sentence)),
			element('p', {}, proves),
			element('p', {}, not),
		),
		...findingsOf(verdict),
		...factsOf(verdict, at),
		...(note === null ? [] : [checkpointOf(note)]),
		element(
			'div',
			{ class: 'row no-print' },
			...(outcome === 'UNREAD'
				? []
				: [
						button('Save the report as text', () => save('verification.txt', reportAsText(verdict, at))),
						button('Save the report as JSON', () => save('verification.json', reportAsJson(verdict, at))),
						button('Print', () => print()),
					]),
		),
	);
	section.hidden = false;
	headline.focus();
}

function findingsOf({ findings, isCut }: Verdict): HTMLElement[] {
	if (findings.length === 0) return [];
	const rows = findings.map(({ file, line, why, hint }) =>
		element(
			'tr',
			{},
			element('td', { 'data-label': 'Line', class: 'number' }, line === null ? '–' : line.toLocaleString('en')),
			element('td', { 'data-label': 'File' }, file === '' ? '–' : file),
			element(
				'td',
				{ 'data-label': 'Why' },
				element('p', {}, why),
				hint === null ? null : element('p', { class: 'hint' }, hint),
			),
		),
	);
	const caption = `What is wrong, and where${isCut ? ': the first of more findings' : ''}`;
	return [tableOf(caption, ['Line', 'File', 'Why'], rows, 'findings')];
}

export function tableOf(
	caption: string,
	head: readonly string[],
	rows: readonly HTMLElement[],
	id: string,
): HTMLElement {
	const titles = head.map((title) => element('th', { scope: 'col', class: title === 'Line' ? 'number' : null }, title));
	const table = element(
		'table',
		{ class: 'cards', id },
		element('caption', {}, caption),
		element('thead', {}, element('tr', {}, ...titles)),
		element('tbody', {}, ...rows),
	);
	return element('div', { class: 'table' }, table);
}

function factsOf({ facts, files, outcome }: Verdict, at: Date): HTMLElement[] {
	if (outcome === 'UNREAD') return [];
	const all = [
		...facts,
		['verified', `${at.toISOString()}, by the clock of this computer`] as const,
		...files.map(
			({ name, bytes, sha256 }) =>
				[
					'file',
					`${placeOf(name, null)}${bytes.toLocaleString('en')} bytes${sha256 === null ? '' : `, SHA-256 ${sha256}`}`,
				] as const,
		),
	];
	const list = element('dl', { class: 'facts', id: 'facts' });
	for (const [label, text] of all) list.append(element('dt', {}, label), element('dd', {}, text));
	return [list];
}

function checkpointOf(note: string): HTMLElement {
	return element(
		'div',
		{ class: 'stack tight' },
		element('h3', {}, 'Keep this checkpoint for the next time'),
		element(
			'p',
			{ class: 'hint reading' },
			'Keep it where the platform cannot change it, and give it with the next export: then no one can show you another past.',
		),
		element('pre', { id: 'note', tabindex: 0, 'aria-label': 'Checkpoint', role: 'region' }, note.trimEnd()),
		element(
			'div',
			{ class: 'row' },
			button('Save the checkpoint', () => save('checkpoint', note)),
		),
	);
}

/** Gives the reader a file, which is made here and sent nowhere. */
function save(name: string, text: string): void {
	const address = URL.createObjectURL(new Blob([text], { type: 'application/octet-stream' }));
	element('a', { href: address, download: name }).click();
	// After the click: the browser has the address by then.
	setTimeout(() => URL.revokeObjectURL(address), 0);
}
