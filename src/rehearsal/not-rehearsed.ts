/** The rehearsal could not take place, which says nothing about the migrations. */
export class NotRehearsed extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'NotRehearsed';
  }
}
