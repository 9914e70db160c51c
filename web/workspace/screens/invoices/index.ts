import type { Screen } from '../../screen.ts';
import { InvoiceList } from './invoice-list.tsx';
import { InvoicePage } from './invoice-page.tsx';
import { NewInvoice } from './new-invoice.tsx';

export const INVOICES: Screen = {
	path: '/invoices',
	name: 'Invoices',
	roles: ['OWNER', 'MEMBER', 'CLIENT'],
	routes: [
		{ at: '', show: InvoiceList },
		{ at: '/new', show: NewInvoice },
		{ at: '/:id', show: InvoicePage },
	],
};
