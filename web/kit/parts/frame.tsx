import { type ReactNode, useEffect, useLayoutEffect, useRef } from 'react';
import { useHashLocation } from 'wouter/use-hash-location';
import { useKit } from '../kit-context.ts';
import icon from '../styles/icon.svg';
import { visibleLine } from '../text/visible-line.ts';
import { VisibleText } from '../text/visible-text.tsx';
import { ErrorBoundary } from './error-boundary.tsx';
import { StatusBar } from './status-bar.tsx';
import { useScreenFocus } from './use-screen-focus.ts';

export interface Place {
	/** The part of the address after #, such as /notes. */
	readonly path: string;
	readonly name: string;
	/** Things that wait there for the person; 0 shows nothing. */
	readonly count?: number;
}

interface FrameProps {
	readonly name: string;
	readonly places: readonly Place[];
	/** The person who is signed in, and where. */
	readonly person: string;
	readonly detail: string;
	/** Where the person finds their own account, if the app has such a screen. */
	readonly accountPath?: string;
	readonly onSignOut: () => void;
	readonly children: ReactNode;
}

/** What surrounds each screen of an app: who is signed in, and where one can go. */
export function Frame({ name, places, person, detail, accountPath, onSignOut, children }: FrameProps) {
	const { events } = useKit();
	const [at] = useHashLocation();
	const main = useRef<HTMLElement>(null);
	const nav = useRef<HTMLElement>(null);
	const first = useRef(true);
	// A screen begins at its top, unless it scrolls by itself.
	useLayoutEffect(() => {
		if (!first.current) scrollTo(0, 0);
		first.current = false;
		if (at) showCurrent(nav.current);
	}, [at]);
	const toHeading = useScreenFocus(main, at);
	// Only here: someone without a place in this app has no events either.
	useEffect(() => events.start(), [events]);
	return (
		<div className="frame">
			<button type="button" className="skip" onClick={toHeading}>
				Skip to the content
			</button>
			<header className="top">
				<a className="brand" href="#/">
					<img src={icon} alt="" />
					<VisibleText text={name} />
				</a>
				<div className="account row">
					<span>
						{accountPath ? (
							<a href={`#${accountPath}`}>
								<VisibleText text={person} />
							</a>
						) : (
							<VisibleText text={person} />
						)}{' '}
						<span className="quiet">{detail}</span>
					</span>
					<button type="button" className="small" onClick={onSignOut}>
						Sign out
					</button>
				</div>
			</header>
			<nav className="side" aria-label="Screens" ref={nav}>
				<ul>
					{places.map((place) => (
						<li key={place.path}>
							<a href={`#${place.path}`} aria-current={isAt(at, place.path) ? 'page' : undefined}>
								{place.name}
								{place.count ? (
									<span className="badge warn">
										{place.count}
										<span className="said"> waiting</span>
									</span>
								) : null}
							</a>
						</li>
					))}
				</ul>
			</nav>
			<main className="screen" ref={main} tabIndex={-1}>
				<StatusBar />
				<ErrorBoundary at={at}>{children}</ErrorBoundary>
			</main>
		</div>
	);
}

/** On a narrow screen the navigation is a strip that scrolls: it shows where the person is. */
function showCurrent(strip: HTMLElement | null): void {
	const current = strip?.querySelector<HTMLElement>('a[aria-current]');
	if (strip && current) strip.scrollLeft = current.offsetLeft - (strip.clientWidth - current.offsetWidth) / 2;
}

const isAt = (at: string, path: string): boolean => at === path || (path !== '/' && at.startsWith(`${path}/`));

/** Sets the title of the tab, which is also read out. */
export function useTitle(title: string): void {
	useEffect(() => {
		document.title = `${visibleLine(title)} · Firmseal`;
	}, [title]);
}
