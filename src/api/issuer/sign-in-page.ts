import type { Role } from '../../access/index.ts';
import type { AuthorizationRequest } from './authorization-request.ts';
import type { SignInPerson } from './routes.ts';
import { MOST_OF_ADDRESS, subjectOf } from './someone-else.ts';

export const STYLE_PATH = '/issuer/sign-in.css';
export const SIGN_IN_PATH = '/issuer/sign-in';
export const END_SESSION_PATH = '/issuer/end-session';

/**
 * No script at all, and no page may frame it. The referrer policy of the API would make browsers send `Origin: null` with the form, so
 * these pages have one of their own.
 */
export const PAGE_HEADERS = {
	'content-security-policy':
		"default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
	'cross-origin-opener-policy': 'same-origin',
	'referrer-policy': 'same-origin',
};

const ROLE_WORDS: Readonly<Record<Role, string>> = {
	OWNER: 'owner',
	MEMBER: 'member',
	CLIENT: 'portal client',
	OPERATOR: 'operator',
	APPROVER: 'approver',
	AUDITOR: 'auditor',
};

/** The page on which a person chooses who they are. `parameters`: those of the authorization request, for the form. */
export function signInPage(
	people: readonly SignInPerson[],
	{ path, loginHint }: AuthorizationRequest,
	parameters: URLSearchParams,
	isAgain: boolean,
): string {
	const isFirst = ({ side }: SignInPerson) => side === (path === '/operator' ? 'operator' : 'firm');
	const ordered = [...people.filter(isFirst), ...people.filter((each) => !isFirst(each))];
	const groups = [...Map.groupBy(ordered, ({ organisation }) => organisation)];
	const title = isAgain ? 'Sign in again' : 'Sign in';
	const lead = isAgain
		? 'The page asks for a fresh sign-in. Choose who you are.'
		: 'Choose who you are. These people are the invented people of the demo.';
	return html(
		title,
		`<h1>${title}</h1>
<p>${lead}</p>
<form method="post" action="${SIGN_IN_PATH}">
<input type="hidden" name="request" value="${escapeHtml(parameters.toString())}">
${groups.map(([name, of], index) => group(name, of, index, loginHint)).join('\n')}
</form>
${someoneElse(people, loginHint, parameters)}
<p class="note">A person whom a <code>firmseal</code> command has added has no button and works by the token of <code>firmseal token</code>. To see their firm here, invite someone with it, and open the link.</p>
<p class="note">This is the built-in issuer of a development server. Anyone who can open this page can sign in as anyone here, or by any other address.</p>`,
	);
}

function group(name: string, people: readonly SignInPerson[], index: number, hint: string | null): string {
	const buttons = people.map(({ email, roles }) => {
		const focus = email === hint ? ' autofocus' : '';
		const words = roles.map((role) => ROLE_WORDS[role]).join(', ') || 'no role';
		return `<li><button name="person" value="${escapeHtml(email)}"${focus}><strong>${escapeHtml(words)}</strong> <span>${escapeHtml(email)}</span></button></li>`;
	});
	return `<section aria-labelledby="group-${index}">
<h2 id="group-${index}">${escapeHtml(name)}</h2>
<ul>
${buttons.join('\n')}
</ul>
</section>`;
}

/** For a person who has been invited: they have no account yet, so that the list can't have them. */
function someoneElse(people: readonly SignInPerson[], hint: string | null, parameters: URLSearchParams): string {
	const isHinted = hint !== null && !people.some(({ email }) => email === hint) && subjectOf(people, hint) !== null;
	const filled = isHinted ? ` value="${escapeHtml(hint)}" autofocus` : '';
	return `<form method="post" action="${SIGN_IN_PATH}" aria-labelledby="someone-else">
<h2 id="someone-else">Someone else</h2>
<input type="hidden" name="request" value="${escapeHtml(parameters.toString())}">
<label for="address">E-mail address, for example of a person who has been invited</label>
<input id="address" type="email" name="address" required maxlength="${MOST_OF_ADDRESS}" autocomplete="off"${filled}>
<button><strong>Sign in by this address</strong></button>
</form>`;
}

/** Asks a person who was sent here by another page. */
export const signOutPage = (): string =>
	html(
		'Sign out',
		`<h1>Sign out?</h1>
<p>Something other than the pages of this server has sent you here.</p>
<form method="post" action="${END_SESSION_PATH}"><button><strong>Sign out</strong></button></form>`,
	);

/** A page that says one thing. */
export const messagePage = (title: string, sentence: string): string =>
	html(title, `<h1>${escapeHtml(title)}</h1>\n<p>${escapeHtml(sentence)}</p>`);

const html = (title: string, body: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} - Firmseal development</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${STYLE_PATH}">
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`;

const ENTITIES: Readonly<Record<string, string>> = {
	'&': '&amp;',
	'<': '&lt;',
	'>': '&gt;',
	'"': '&quot;',
	"'": '&#39;',
};

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (each) => ENTITIES[each] ?? '');

export const STYLE = `:root {
	color-scheme: light dark;
	--page: #f6f7f9; --card: #ffffff; --text: #1a1d21; --quiet: #4d5560; --line: #8a929c; --accent: #1c4f9c;
}
@media (prefers-color-scheme: dark) {
	:root { --page: #15181c; --card: #1f2329; --text: #eceff3; --quiet: #b4bcc6; --line: #7d8792; --accent: #8ab4f8; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 32rem; margin: 0 auto; padding: 1.5rem 1rem; }
h1 { margin: 0 0 0.5rem; font-size: 1.5rem; }
h2 { margin: 1.5rem 0 0.5rem; font-size: 1rem; }
p { margin: 0 0 1rem; }
.note { margin-top: 1.5rem; color: var(--quiet); font-size: 0.875rem; }
ul { margin: 0; padding: 0; list-style: none; display: grid; gap: 0.5rem; }
button {
	display: flex; flex-wrap: wrap; gap: 0 0.75rem; width: 100%; min-height: 2.75rem; padding: 0.5rem 0.75rem; align-items: center;
	border: 1px solid var(--line); border-radius: 0.375rem; background: var(--card); color: inherit; font: inherit; text-align: start; cursor: pointer;
}
input[type="email"] {
	width: 100%; min-height: 2.75rem; margin: 0.25rem 0 0.5rem; padding: 0.5rem 0.75rem;
	border: 1px solid var(--line); border-radius: 0.375rem; background: var(--card); color: inherit; font: inherit;
}
input:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
button strong { min-width: 7rem; }
button strong::first-letter { text-transform: uppercase; }
button span { color: var(--quiet); overflow-wrap: anywhere; }
button:hover { border-color: var(--accent); }
button:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
`;
