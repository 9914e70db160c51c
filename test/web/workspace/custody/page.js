import { createElement, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { Router } from 'wouter';
import { useHashLocation } from 'wouter/use-hash-location';
import { KitContext } from '../../../../web/kit/kit-context.ts';
import { Frame } from '../../../../web/kit/parts/index.ts';
import '../../../../web/kit/styles/base.css';
import '../../../../web/kit/styles/navigation.css';
import { CustodySections } from '../../../../web/workspace/custody/index.ts';
import { OpenDeviceContext } from '../../../../web/workspace/device/device-context.ts';
import { openOneOwner, openTwoOwners } from './firm-page.ts';

/* Shows the screen of one device at a time: firm('openOneOwner'), then show('anna'). */

const nothing = () => () => undefined;
const kit = { api: '', events: { start: nothing, subscribe: nothing }, account: 'anna', signOut: nothing };

function Screen({ firmseal, first }) {
	const [state, setState] = useState(first);
	async function act(run) {
		try {
			return await run(firmseal.connection);
		} finally {
			setState(await firmseal.connection.parts.vault.state());
		}
	}
	return createElement(OpenDeviceContext, { value: { firmseal, state, act } }, createElement(CustodySections));
}

let opened;
const root = createRoot(document.getElementById('app'));

export async function firm(name) {
	opened = await { openOneOwner, openTwoOwners }[name]();
}

/** For devices, service and page. */
export function step(milliseconds) {
	opened.time.step(milliseconds);
	const { now } = Date;
	Date.now = () => now() + milliseconds;
}

export async function show(device) {
	const firmseal = opened[device];
	const { vault } = firmseal.connection.parts;
	if ((await vault.state()).log !== null) await firmseal.connection.refresh();
	const screen = createElement(Screen, { key: device, firmseal, first: await vault.state() });
	const places = [{ path: '/custody', name: 'Custody' }];
	const frame = { name: 'A firm', places, person: device, detail: '', onSignOut: nothing };
	const shown = createElement(Frame, frame, createElement('h1', null, 'Custody'), screen);
	root.render(createElement(KitContext, { value: kit }, createElement(Router, { hook: useHashLocation }, shown)));
}
