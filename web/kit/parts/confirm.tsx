import { type ReactNode, useState } from 'react';
import { VisibleText } from '../text/visible-text.tsx';
import { ConfirmDialog } from './confirm-dialog.tsx';

interface ConfirmProps {
	/** What the button that opens the dialog says. */
	readonly label: string;
	/** What the act is about, for a screen reader, where several buttons of a list say the same. */
	readonly about?: string;
	/** Whether the act takes something away. */
	readonly isDangerous?: boolean;
	/** Whether the button stands in a row of a list. */
	readonly isSmall?: boolean;
	readonly title: string;
	/** What will happen, in full. */
	readonly children: ReactNode;
	/** What the button that does it says; the label unless given. */
	readonly confirm?: string;
	readonly onConfirm: () => Promise<unknown>;
}

/** A button for an act that a person confirms after reading what it does. */
export function Confirm({
	label,
	about,
	isDangerous = false,
	isSmall = false,
	title,
	children,
	confirm = label,
	onConfirm,
}: ConfirmProps) {
	const [isOpen, setOpen] = useState(false);
	const close = () => setOpen(false);
	return (
		<>
			<button
				type="button"
				className={[isDangerous && 'danger', isSmall && 'small'].filter(Boolean).join(' ') || undefined}
				onClick={() => setOpen(true)}
			>
				{label}
				{about !== undefined && (
					<span className="said">
						{' '}
						<VisibleText text={about} />
					</span>
				)}
			</button>
			{isOpen && (
				<ConfirmDialog
					title={title}
					confirm={confirm}
					isDangerous={isDangerous}
					onClose={close}
					onConfirm={async () => {
						await onConfirm();
						close();
					}}
				>
					{children}
				</ConfirmDialog>
			)}
		</>
	);
}
