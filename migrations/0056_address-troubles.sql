CREATE TABLE `address_troubles` (
	`person_id` text PRIMARY KEY NOT NULL,
	`address` text NOT NULL,
	`since` integer NOT NULL,
	`words` text NOT NULL,
	`marked_by` text,
	FOREIGN KEY (`person_id`) REFERENCES `people`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`marked_by`) REFERENCES `people`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `address_troubles_address` ON `address_troubles` (`address`);--> statement-breakpoint
ALTER TABLE `mails` ADD `asked` integer DEFAULT false NOT NULL;