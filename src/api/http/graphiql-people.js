// In the browser: GraphiQL asks as one of the demo's people, each request by a token that is made for it and kept nowhere.
import { createRoot, React, Ruru } from '/graphiql/assets/ruru.js';

const KEPT = 'firmseal:start';
const select = document.querySelector('#person');
const note = document.querySelector('#note');

// What stands in the address bar is shown to others and remembered: it goes where a reload of this tab finds it.
if (location.hash.length > 1) {
	sessionStorage.setItem(KEPT, location.hash.slice(1));
	history.replaceState(null, '', location.pathname);
}
const secret = sessionStorage.getItem(KEPT);
// The address of another start was opened in this tab.
addEventListener('hashchange', () => location.reload());

async function tokenOf(email) {
	const answer = await fetch('/graphiql/token', {
		method: 'POST',
		headers: { 'content-type': 'application/json', 'x-firmseal-start': secret },
		body: JSON.stringify({ email }),
	});
	return answer.ok ? (await answer.json()).token : null;
}

/** An answer: of an error that is thrown GraphiQL shows the stack too. */
const said = (message) => ({ errors: [{ message }] });
const NO_TOKEN = said('There is no token for this page any more: open the address that npm start printed last.');
const NO_ANSWER = said(
	'The server of this page does not answer: run npm start again, and open the address that it prints.',
);

/** Null where there is no token for them any more. */
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
// What was written last, which GraphiQL keeps. Without one, it would open an empty tab beside the example when it is loaded again.
const initialQuery = localStorage.getItem('graphiql:query') || RURU_CONFIG.defaultQuery;
/** With another fetcher GraphiQL asks for the schema again, which needs someone who asks. */
const render = () =>
	root.render(React.createElement(Ruru, { ...RURU_CONFIG, initialQuery, fetcher: fetcherAs(select.value) }));

if (secret) select.addEventListener('change', render);
else {
	select.value = '';
	select.disabled = true;
	note.textContent = 'To choose who asks, open the address that npm start printed. Or paste a token under Headers.';
}
render();
