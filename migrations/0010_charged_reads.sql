CREATE TABLE `charged_reads` (
	`account_id` text NOT NULL,
	`day` text NOT NULL,
	`network_id` text NOT NULL,
	PRIMARY KEY(`account_id`, `day`, `network_id`),
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE no action
);
