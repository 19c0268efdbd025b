// Who knows whether a VAT number is a company's (OCPP 2.1 C22). It may be far away: callers bound their patience.

/** OCPP AddressType: what goes on a receipt. */
export interface Company {
  readonly name: string;
  readonly address1: string;
  readonly address2?: string;
  readonly city: string;
  readonly postalCode?: string;
  readonly country: string;
}

export interface CompanyRegister {
  /** Undefined where no company has this number; letters in capitals, without separators. Rejects with PortError where nobody could be asked. */
  find(vatNumber: string): Promise<Company | undefined>;
}
