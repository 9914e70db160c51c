import { type ReactNode, useId, useLayoutEffect, useRef } from 'react';
import { VisibleText } from '../text/visible-text.tsx';
import { StatusBar } from './status-bar.tsx';

interface DialogProps {
	readonly title: string;
	readonly children: ReactNode;
	/** Called for Escape and for a close request; the caller then removes the dialog. */
	readonly onClose: () => void;
}

/** A modal dialog: the platform's own, which keeps the focus inside and gives it back. It is open as long as it is rendered. */
export function Dialog({ title, children, onClose }: DialogProps) {
	const dialog = useRef<HTMLDialogElement>(null);
	const heading = useId();
	// Before the dialog leaves the page: afterwards the browser no longer gives the focus back.
	useLayoutEffect(() => {
		const element = dialog.current;
		element?.showModal();
		return () => element?.close();
	}, []);
	return (
		<dialog
			ref={dialog}
			aria-labelledby={heading}
			onCancel={(event) => {
				event.preventDefault();
				onClose();
			}}
		>
			<div className="stack">
				<h2 id={heading}>
					<VisibleText text={title} />
				</h2>
				{/* That of the page is out of reach while the dialog is open. */}
				<StatusBar />
				{children}
			</div>
		</dialog>
	);
}
