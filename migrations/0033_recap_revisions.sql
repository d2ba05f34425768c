CREATE TABLE `recap_revisions` (
	`recap_id` text NOT NULL,
	`version` integer NOT NULL,
	`blocks` text NOT NULL,
	`what` text NOT NULL,
	`piece` text,
	`person_id` text,
	`at` integer NOT NULL,
	`change` integer,
	`before` integer,
	`ahead` text NOT NULL,
	PRIMARY KEY(`recap_id`, `version`),
	FOREIGN KEY (`recap_id`) REFERENCES `recaps`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`person_id`) REFERENCES `people`(`id`) ON UPDATE no action ON DELETE no action
);
