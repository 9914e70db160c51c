import { ApolloClient, ApolloLink, InMemoryCache } from '@apollo/client';
import { ApolloProvider } from '@apollo/client/react';
import { createElement, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { of } from 'rxjs';
import { Router } from 'wouter';
import { useHashLocation } from 'wouter/use-hash-location';
import { KitContext } from '../../../../web/kit/kit-context.ts';
import { Frame } from '../../../../web/kit/parts/index.ts';
import '../../../../web/kit/styles/base.css';
import '../../../../web/kit/styles/navigation.css';
import { CustodySections } from '../../../../web/workspace/custody/index.ts';
import { OpenDeviceContext } from '../../../../web/workspace/device/device-context.ts';
import { Requests } from '../../../../web/workspace/screens/devices/requests.tsx';
import { ViewerContext } from '../../../../web/workspace/viewer.ts';
import { openOneOwner, openThreeOwners, openTwoOwners } from './firm-page.ts';

/* Shows the screen of one device at a time: firm('openOneOwner'), then show('anna'). */

const nothing = () => () => undefined;
const listening = new Set();
const events = {
	start: nothing,
	subscribe(listener) {
		listening.add(listener);
		return () => listening.delete(listener);
	},
};
const kit = { api: '', events, account: 'anna', signOut: nothing };

/** As after an event of the service. */
export const tell = () => {
	for (const listener of listening) listener({ kind: 'KEY_LOG' });
};

/** The service names no one whom the key log does not have. */
const apollo = new ApolloClient({
	cache: new InMemoryCache(),
	link: new ApolloLink(() => of({ data: { viewer: { __typename: 'User', id: 'viewer', firm: null } } })),
});

function Screen({ firmseal, first, children }) {
	const [state, setState] = useState(first);
	async function act(run) {
		try {
			return await run(firmseal.connection);
		} finally {
			setState(await firmseal.connection.parts.vault.state());
		}
	}
	return createElement(OpenDeviceContext, { value: { firmseal, state, act } }, children);
}

let opened;
const root = createRoot(document.getElementById('app'));
const beside = createRoot(document.getElementById('beside'));

export async function firm(name) {
	opened = await { openOneOwner, openThreeOwners, openTwoOwners }[name]();
}

/** For devices, service and page. */
export function step(milliseconds) {
	opened.time.step(milliseconds);
	const { now } = Date;
	Date.now = () => now() + milliseconds;
}

/** Exchanges what owners have proposed. */
export const change = (changes) => opened.change(changes);

/** What stands at the service beside each proposal. */
export const agreements = () => opened.agreements();

export async function show(device) {
	const firmseal = opened[device];
	const { vault } = firmseal.connection.parts;
	if ((await vault.state()).log !== null) await firmseal.connection.refresh();
	const first = await vault.state();
	const screen = createElement(Screen, { key: device, firmseal, first }, createElement(CustodySections));
	const places = [{ path: '/custody', name: 'Custody' }];
	const frame = { name: 'A firm', places, person: device, detail: '', onSignOut: nothing };
	const shown = createElement(Frame, frame, createElement('h1', null, 'Custody'), screen);
	root.render(createElement(KitContext, { value: kit }, createElement(Router, { hook: useHashLocation }, shown)));
}

/** Beside the screen: devices that want to join, as another device of the firm shows them. */
export async function answer(device) {
	const firmseal = opened[device];
	const first = await firmseal.connection.refresh();
	const screen = createElement(Screen, { key: device, firmseal, first }, createElement(Requests));
	const viewer = createElement(ViewerContext, { value: { id: first.device.person, role: 'OWNER' } }, screen);
	beside.render(createElement(KitContext, { value: kit }, createElement(ApolloProvider, { client: apollo }, viewer)));
}
