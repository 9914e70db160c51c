import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';

/** More stops than any screen has. */
const MOST_STOPS = 250;

/** What a person who uses no mouse does at a page. At each stop the focus must be seen. */
export interface Keyboard {
	/** Goes to the target with Tab, from where the focus is. */
	to(target: Locator): Promise<void>;
	/** Goes there and presses a key; Enter unless given. */
	press(target: Locator, key?: string): Promise<void>;
	/** Moves the focus to a field and replaces its text. */
	write(target: Locator, text: string): Promise<void>;
	/** Goes to a list and chooses the option that begins so. */
	choose(target: Locator, option: string): Promise<void>;
	key(key: string): Promise<void>;
	/** Waits until the target, or something in it, has the focus, and can be seen to have it. */
	hasFocus(target: Locator): Promise<void>;
	/** Something has the focus, and can be seen to have it. */
	isSomewhere(): Promise<void>;
}

interface Stop {
	readonly isNowhere: boolean;
	readonly isOutlined: boolean;
	readonly isInSight: boolean;
	readonly what: string;
}

/** What has the focus. An outline of no width, of no color or out of sight is not seen. */
const STOP = `(() => {
	const active = document.activeElement;
	const { outlineStyle, outlineWidth, outlineColor, visibility } = getComputedStyle(active);
	const { top, bottom, left, right, width, height } = active.getBoundingClientRect();
	const isOutlined = outlineStyle !== 'none' && parseFloat(outlineWidth) > 0 && !/, 0\\)$|transparent/.test(outlineColor);
	const isInSight = bottom > 0 && right > 0 && top < innerHeight && left < innerWidth && width > 0 && height > 0;
	return {
		isNowhere: active === document.body,
		isOutlined,
		isInSight: isInSight && visibility === 'visible',
		what: active.outerHTML.slice(0, 200),
	};
})()`;

export function keyboardOf(page: Page): Keyboard {
	const { keyboard } = page;
	const focused = page.locator(':focus');
	const stop = () => page.evaluate<Stop>(STOP);
	const isAt = async (target: Locator) => (await target.and(focused).count()) > 0;

	async function isSomewhere() {
		const found = await stop();
		expect(found).toEqual({ ...found, isNowhere: false, isOutlined: true, isInSight: true });
	}

	async function to(target: Locator) {
		await target.first().waitFor();
		const seen: string[] = [];
		for (let stops = 0; stops < MOST_STOPS; stops++) {
			if (await isAt(target)) return;
			await keyboard.press('Tab');
			let at = await stop();
			if (!at.isNowhere && !at.isInSight) {
				// What an event has added above may have pushed it out of sight since.
				await keyboard.press('Shift+Tab');
				await keyboard.press('Tab');
				at = await stop();
			}
			const { isNowhere, isOutlined, isInSight, what } = at;
			// After the last stop the browser itself has its turn.
			if (!isNowhere && !(isOutlined && isInSight)) throw new Error(`The focus cannot be seen on ${what}.`);
			seen.push(what);
		}
		throw new Error(`Tab does not lead to ${target}, but to ${[...new Set(seen)].join('\n')}`);
	}
	const press = async (target: Locator, key = 'Enter') => {
		await to(target);
		await keyboard.press(key);
	};
	return {
		to,
		press,
		isSomewhere,
		async write(target, text) {
			await press(target, 'ControlOrMeta+a');
			await keyboard.type(text);
		},
		async choose(target, option) {
			await to(target);
			await keyboard.type(option);
		},
		key: (key) => keyboard.press(key),
		async hasFocus(target) {
			await target.and(focused).or(target.locator(focused)).first().waitFor();
			await isSomewhere();
		},
	};
}
