// Runs in the browser. GraphiQL sends each request as one of the demo's people, with a new token that is not stored.
import { createRoot, React, Ruru } from '/graphiql/assets/ruru.js';

const KEPT = 'firmseal:start';
const select = document.querySelector('#person');
const note = document.querySelector('#note');

// Other people may see the address bar, and the browser's history keeps it. sessionStorage survives a reload of this tab.
if (location.hash.length > 1) {
	sessionStorage.setItem(KEPT, location.hash.slice(1));
	history.replaceState(null, '', location.pathname);
}
const secret = sessionStorage.getItem(KEPT);
// The URL of another start was opened in this tab.
addEventListener('hashchange', () => location.reload());

async function tokenOf(email) {
	const answer = await fetch('/graphiql/token', {
		method: 'POST',
		headers: { 'content-type': 'application/json', 'x-firmseal-start': secret },
		body: JSON.stringify({ email }),
	});
	return answer.ok ? (await answer.json()).token : null;
}

/** A GraphQL answer. For a thrown error, GraphiQL would show the stack too. */
const said = (message) => ({ errors: [{ message }] });
const NO_TOKEN = said('This page can no longer get a token: open the URL that npm start printed last.');
const NO_ANSWER = said('The server does not answer: run npm start again, and open the URL that it prints.');

/** Null if the server gives no token for this person. */
async function headersAs(email, typed) {
	if (email === '') return typed;
	const token = await tokenOf(email);
	const others = Object.entries(typed).filter(([name]) => name.toLowerCase() !== 'authorization');
	return token === null ? null : { ...Object.fromEntries(others), authorization: `Bearer ${token}` };
}

async function ask(email, params, typed) {
	const own = await headersAs(email, typed);
	if (own === null) return NO_TOKEN;
	const answer = await fetch(RURU_CONFIG.endpoint, {
		method: 'POST',
		headers: {
			...own,
			accept: 'application/graphql-response+json, application/json',
			'content-type': 'application/json',
		},
		body: JSON.stringify(params),
	});
	return answer.json();
}

const fetcherAs =
	(email) =>
	(params, { headers = {} } = {}) =>
		ask(email, params, headers).catch(() => NO_ANSWER);

const root = createRoot(document.querySelector('#ruru-root'));
// The last query, which GraphiQL stores. Without an initial query, a reload would open an empty tab beside the example.
const initialQuery = localStorage.getItem('graphiql:query') || RURU_CONFIG.defaultQuery;
/** With another fetcher, GraphiQL loads the schema again, which needs a person to ask as. */
const render = () =>
	root.render(React.createElement(Ruru, { ...RURU_CONFIG, initialQuery, fetcher: fetcherAs(select.value) }));

if (secret) select.addEventListener('change', render);
else {
	select.value = '';
	select.disabled = true;
	note.textContent = 'To choose a person, open the URL that npm start printed. Or paste a token under Headers.';
}
render();
